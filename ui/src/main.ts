import './pages/app.ts';
