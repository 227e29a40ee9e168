/** The film with its tool bar, readout and error: connects a FilmViewport with the page's HTML. */
import { FilmError } from './film-errors.ts';
import { FilmViewport, type FilmState, type FilmTool } from './film-viewport.ts';
import { PRESET_NAMES, type FilmAddress, type PresetName } from './geometry.ts';
import { wantsCpu } from './setup.ts';

export type FilmAction = 'invert' | 'flip' | 'rotate' | 'zoom_in' | 'zoom_out' | 'fit' | 'reset' | `tool:${FilmTool}` | `preset:${PresetName}`;

/**
 * Expects inside `root`:
 *
 *     <div data-film></div>                                  where the film is drawn
 *     <button data-film-action="invert">…</button>           any FilmAction
 *     <output data-film-readout="window"></output>           also "zoom"
 *     <span data-film-side></span>                           the patient's side on the left edge
 *     <div data-film-error hidden><p data-film-error-text></p></div>
 *     <template data-film-fault="decode">…words…</template>  one for each FilmFault
 *
 * `body[data-film-ready]` appears when the film is drawn, `body[data-film-failed]` when it cannot be.
 */
export class FilmPanel {
  readonly #root: HTMLElement;
  readonly #viewport: FilmViewport;

  constructor(root: HTMLElement) {
    this.#root = root;
    const element = root.querySelector<HTMLDivElement>('[data-film]');
    if (!element) throw new Error('The film panel has no element with data-film.');
    this.#viewport = new FilmViewport({ element, cpu: wantsCpu(location.search), onState: (state) => this.#show(state) });
    root.addEventListener('click', (event) => {
      const action = (event.target as HTMLElement).closest<HTMLElement>('[data-film-action]')?.dataset.filmAction;
      if (action) this.run(action as FilmAction);
    });
  }

  async load(address: FilmAddress): Promise<void> {
    try {
      await this.#viewport.show(address);
      document.body.dataset.filmReady = '';
    } catch (error) {
      this.#fail(error);
    }
  }

  run(action: FilmAction): void {
    const [verb, name] = action.split(':');
    if (verb === 'tool') this.#viewport.select(name as FilmTool);
    else if (verb === 'preset') this.#viewport.preset(name as PresetName);
    else this.#simple(action);
  }

  preset(index: number): void {
    const name = PRESET_NAMES[index];
    if (name) this.#viewport.preset(name);
  }

  #simple(action: FilmAction): void {
    const viewport = this.#viewport;
    if (action === 'invert') viewport.invert();
    else if (action === 'flip') viewport.flip();
    else if (action === 'rotate') viewport.rotate();
    else if (action === 'zoom_in') viewport.zoomBy(1.25);
    else if (action === 'zoom_out') viewport.zoomBy(0.8);
    else if (action === 'fit') viewport.fit();
    else viewport.reset();
  }

  #show(state: FilmState): void {
    this.#write('window', `W ${Math.round(state.window.width)}  L ${Math.round(state.window.center)}`);
    this.#write('zoom', `${state.zoom.toFixed(2)}×`);
    const side = this.#root.querySelector('[data-film-side]');
    if (side) side.textContent = state.leftSide;
    this.#press('invert', state.inverted);
    this.#press('flip', state.flipped);
    this.#press('rotate', state.rotation !== 0);
    for (const button of this.#root.querySelectorAll<HTMLElement>('[data-film-action^="tool:"]')) {
      button.setAttribute('aria-pressed', String(button.dataset.filmAction === `tool:${state.tool}`));
    }
  }

  #write(name: string, text: string): void {
    const output = this.#root.querySelector(`[data-film-readout="${name}"]`);
    if (output) output.textContent = text;
  }

  #press(action: FilmAction, pressed: boolean): void {
    this.#root.querySelector(`[data-film-action="${action}"]`)?.setAttribute('aria-pressed', String(pressed));
  }

  #fail(error: unknown): void {
    const fault = error instanceof FilmError ? error.fault : 'decode';
    const words = this.#root.querySelector<HTMLTemplateElement>(`template[data-film-fault="${fault}"]`)?.content.textContent ?? fault;
    const box = this.#root.querySelector<HTMLElement>('[data-film-error]');
    const text = this.#root.querySelector<HTMLElement>('[data-film-error-text]');
    if (text) text.textContent = words.trim();
    if (box) box.hidden = false;
    document.body.dataset.filmFailed = fault;
    console.error(error);
  }
}
