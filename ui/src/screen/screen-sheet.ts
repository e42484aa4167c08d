import { css } from 'lit';

/** What a live screen needs beside the slices of the design: layers of the picture, and the sizes of a window of its own. */
export const panelEnd = css`
  :host {
    display: block;
    min-inline-size: 0;
  }
  .panel__end {
    margin-inline-start: auto;
    display: flex;
    align-items: center;
    gap: var(--s-1);
  }
  .screen__view {
    inline-size: 100%;
    max-block-size: max(12rem, calc(100dvh - 18rem));
  }
  .stage {
    position: absolute;
    inset: 0;
  }
  .screen__view[data-fit='false'] .stage {
    overflow: auto;
  }
  .frozen {
    position: absolute;
    inset: 0;
    display: grid;
    place-items: center;
    opacity: 0.26;
  }
  .frozen canvas {
    max-inline-size: 100%;
    max-block-size: 100%;
  }
  :host([alone]) .screen,
  :host(:fullscreen) .screen {
    block-size: 100dvh;
    border: 0;
    border-radius: 0;
  }
  :host([alone]) .screen__view,
  :host(:fullscreen) .screen__view {
    aspect-ratio: auto;
    max-block-size: none;
    min-block-size: 0;
  }
`;
