/** Pure sums of the viewer: windows, presets, zoom steps, addresses. No browser, no cornerstone. */

/** A linear window in stored units after the modality LUT. */
export interface Window {
  center: number;
  width: number;
}

export interface Range {
  lower: number;
  upper: number;
}

export interface FilmAddress {
  dicomWebRoot: string;
  studyUid: string;
  seriesUid: string;
  sopUid: string;
}

export const PRESET_NAMES = ['as_sent', 'soft', 'hard', 'bright', 'full'] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

/** DICOM PS3.3 C.11.2.1.2.1: the range of input values that a linear window spreads over the display. */
export function windowToRange({ center, width }: Window): Range {
  return { lower: center - 0.5 - (width - 1) / 2, upper: center - 0.5 + (width - 1) / 2 };
}

export function rangeToWindow({ lower, upper }: Range): Window {
  return { center: (lower + upper + 1) / 2, width: upper - lower + 1 };
}

/**
 * The range of a named preset, relative to the window that came with the film (`base`) and its values (`full`).
 * 'soft' and 'hard' widen and narrow the window; 'bright' moves it to the bright structures, which are the small
 * values when the film is stored with white as zero.
 */
export function presetRange({ name, base, full, whiteIsZero }: { name: PresetName; base: Range; full: Range; whiteIsZero: boolean }): Range {
  const window = rangeToWindow(base);
  const shift = whiteIsZero ? -0.25 : 0.25;
  const presets: Record<PresetName, Range> = {
    as_sent: base,
    soft: windowToRange({ ...window, width: window.width * 1.5 }),
    hard: windowToRange({ ...window, width: window.width * 0.6 }),
    bright: windowToRange({ center: window.center + shift * window.width, width: window.width * 0.8 }),
    full,
  };
  return presets[name];
}

export function clampZoom(zoom: number): number {
  return Math.min(Math.max(zoom, 0.2), 20);
}

export function nextRotation(rotation: number): number {
  return (Math.round(rotation) + 90) % 360;
}

/**
 * The patient's side on the left edge of the screen, or "" where it is not known or neither left nor right.
 * `rowDirection` is the first value of Patient Orientation (0020,0020): where the rows of the image run to.
 */
export function sideOnLeft({ rowDirection, flipped, rotation }: { rowDirection: string; flipped: boolean; rotation: number }): 'R' | 'L' | '' {
  const towards = rowDirection.charAt(0);
  if ((towards !== 'L' && towards !== 'R') || rotation % 180 !== 0) return '';
  const mirrored = flipped !== (Math.abs(rotation) % 360 === 180);
  return (towards === 'L') !== mirrored ? 'R' : 'L';
}

export function instanceUrl({ dicomWebRoot, studyUid, seriesUid, sopUid }: FilmAddress): string {
  const root = dicomWebRoot.replace(/\/+$/, '');
  return `${root}/studies/${studyUid}/series/${seriesUid}/instances/${sopUid}`;
}

export function imageIdOf(address: FilmAddress): string {
  return `wadors:${instanceUrl(address)}/frames/1`;
}
