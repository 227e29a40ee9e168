/** Starts Cornerstone3D once for a page, on the GPU or, when asked or when WebGL2 is missing, on the CPU. */
import { init as initCore, setUseCPURendering } from '@cornerstonejs/core';
import { init as initLoader } from '@cornerstonejs/dicom-image-loader';
import { addTool, init as initTools, LengthTool, MagnifyTool, PanTool, WindowLevelTool, ZoomTool } from '@cornerstonejs/tools';

let started = false;

export function startCornerstone({ cpu }: { cpu: boolean }): void {
  if (started) return;
  started = true;
  initCore();
  setUseCPURendering(cpu);
  initLoader({ maxWebWorkers: 1 });
  initTools();
  for (const tool of [WindowLevelTool, ZoomTool, PanTool, MagnifyTool, LengthTool]) addTool(tool);
}

export function wantsCpu(search: string): boolean {
  return new URLSearchParams(search).get('cpu') === '1' || !hasWebGl2();
}

function hasWebGl2(): boolean {
  const context = document.createElement('canvas').getContext('webgl2');
  context?.getExtension('WEBGL_lose_context')?.loseContext();
  return context !== null;
}
