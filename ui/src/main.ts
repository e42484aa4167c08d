import './views/app.ts';
