/** One radiograph on one element: the whole of Cornerstone3D that a reading page needs. */
import { Enums, imageLoader, RenderingEngine, type Types } from '@cornerstonejs/core';
import {
  annotation, Enums as ToolEnums, LengthTool, MagnifyTool, PanTool, ToolGroupManager, WindowLevelTool, ZoomTool,
} from '@cornerstonejs/tools';
import { faultOfLoader } from './film-errors.ts';
import { loadFilmMetadata, type FilmMetadata } from './film-metadata.ts';
import { clampZoom, imageIdOf, instanceUrl, nextRotation, presetRange, rangeToWindow, sideOnLeft, type FilmAddress, type PresetName, type Range, type Window } from './geometry.ts';
import { startCornerstone } from './setup.ts';

const TOOLS = { window: WindowLevelTool.toolName, zoom: ZoomTool.toolName, pan: PanTool.toolName, magnify: MagnifyTool.toolName, length: LengthTool.toolName };
export type FilmTool = keyof typeof TOOLS;

export interface FilmState {
  window: Window;
  zoom: number;
  inverted: boolean;
  flipped: boolean;
  rotation: number;
  tool: FilmTool;
  /** The patient's side on the left edge of the screen; empty when it is not known. */
  leftSide: 'R' | 'L' | '';
}

/**
 * Shows a CR or DX instance over WADO-RS.
 *
 *     <div class="film__stage" data-film></div>
 *
 * `element` must have a size. `onState` is called whenever window, zoom, orientation or tool have changed.
 */
export class FilmViewport {
  readonly #element: HTMLDivElement;
  readonly #engine: RenderingEngine;
  readonly #viewport: Types.IStackViewport;
  readonly #onState: (state: FilmState) => void;
  #tool: FilmTool = 'window';
  #base: Range = { lower: 0, upper: 0 };
  #full: Range = { lower: 0, upper: 0 };
  /** The viewport's own invert flag of the film as it should be seen; on the GPU it is set for MONOCHROME1. */
  #invertAtStart = false;
  #metadata: FilmMetadata = { whiteIsZero: false, rowDirection: '' };

  constructor({ element, cpu, onState }: { element: HTMLDivElement; cpu: boolean; onState: (state: FilmState) => void }) {
    startCornerstone({ cpu });
    this.#element = element;
    this.#onState = onState;
    this.#engine = new RenderingEngine('film');
    this.#engine.enableElement({ viewportId: 'film', element, type: Enums.ViewportType.STACK, defaultOptions: { background: [0, 0, 0] } });
    this.#viewport = this.#engine.getViewport('film') as Types.IStackViewport;
    this.#bindTools();
    for (const event of [Enums.Events.VOI_MODIFIED, Enums.Events.CAMERA_MODIFIED]) element.addEventListener(event, () => this.#report());
    element.addEventListener('contextmenu', (event) => event.preventDefault());
    new ResizeObserver(() => this.#engine.resize(true, true)).observe(element);
  }

  /** Loads and shows a film; rejects with a FilmError that says why not. */
  async show(address: FilmAddress): Promise<void> {
    const imageId = imageIdOf(address);
    this.#metadata = await loadFilmMetadata(imageId, instanceUrl(address));
    try {
      const image = await imageLoader.loadAndCacheImage(imageId);
      this.#full = { lower: image.minPixelValue, upper: image.maxPixelValue };
      await this.#viewport.setStack([imageId]);
    } catch (error) {
      throw faultOfLoader(error);
    }
    this.#viewport.render();
    const { voiRange, invert } = this.#viewport.getProperties();
    this.#base = voiRange ?? this.#full;
    this.#invertAtStart = Boolean(invert);
    this.#report();
  }

  invert(): void {
    this.#viewport.setProperties({ invert: !this.#viewport.getProperties().invert });
    this.#draw();
  }

  flip(): void {
    this.#viewport.setCamera({ flipHorizontal: !this.#viewport.getCamera().flipHorizontal });
    this.#draw();
  }

  rotate(): void {
    this.#viewport.setViewPresentation({ rotation: nextRotation(this.#rotation()) });
    this.#draw();
  }

  zoomBy(factor: number): void {
    this.#viewport.setZoom(clampZoom(this.#viewport.getZoom() * factor));
    this.#draw();
  }

  fit(): void {
    this.#viewport.resetCamera({ resetPan: true, resetZoom: true });
    this.#draw();
  }

  reset(): void {
    this.#viewport.setViewPresentation({ rotation: 0 });
    this.#viewport.setCamera({ flipHorizontal: false, flipVertical: false });
    this.#viewport.resetProperties();
    annotation.state.removeAllAnnotations();
    this.select('window');
    this.fit();
  }

  preset(name: PresetName): void {
    this.#viewport.setProperties({ voiRange: presetRange({ name, base: this.#base, full: this.#full, whiteIsZero: this.#metadata.whiteIsZero }) });
    this.#draw();
  }

  /** Gives the left mouse button to a tool; choosing the active one again goes back to the window tool. */
  select(tool: FilmTool): void {
    const next = tool === this.#tool ? 'window' : tool;
    const group = ToolGroupManager.getToolGroup('film');
    if (this.#tool !== next) group?.setToolPassive(TOOLS[this.#tool], { removeAllBindings: [{ mouseButton: ToolEnums.MouseBindings.Primary }] });
    group?.setToolActive(TOOLS[next], { bindings: [{ mouseButton: ToolEnums.MouseBindings.Primary }] });
    this.#tool = next;
    this.#report();
  }

  #bindTools(): void {
    const { MouseBindings } = ToolEnums;
    const group = ToolGroupManager.createToolGroup('film');
    if (!group) throw new Error('The tool group "film" exists already; one page holds one FilmViewport.');
    for (const name of Object.values(TOOLS)) group.addTool(name);
    group.addViewport('film', this.#engine.id);
    group.setToolActive(TOOLS.window, { bindings: [{ mouseButton: MouseBindings.Primary }] });
    group.setToolActive(TOOLS.pan, { bindings: [{ mouseButton: MouseBindings.Auxiliary }, { numTouchPoints: 2 }] });
    group.setToolActive(TOOLS.zoom, { bindings: [{ mouseButton: MouseBindings.Secondary }, { mouseButton: MouseBindings.Wheel }] });
    group.setToolPassive(TOOLS.length);
  }

  #rotation(): number {
    return this.#viewport.getViewPresentation().rotation ?? 0;
  }

  #draw(): void {
    this.#viewport.render();
    this.#report();
  }

  #report(): void {
    const { voiRange, invert } = this.#viewport.getProperties();
    if (!voiRange) return;
    const flipped = Boolean(this.#viewport.getCamera().flipHorizontal);
    const rotation = Math.round(this.#rotation());
    this.#onState({
      window: rangeToWindow(voiRange),
      zoom: this.#viewport.getZoom(),
      inverted: Boolean(invert) !== this.#invertAtStart,
      flipped,
      rotation,
      tool: this.#tool,
      leftSide: sideOnLeft({ rowDirection: this.#metadata.rowDirection, flipped, rotation }),
    });
    this.#element.dataset.tool = this.#tool;
  }
}
