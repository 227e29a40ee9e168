/** Fetches an instance's DICOM JSON and hands it, with its calibration, to Cornerstone3D. */
import { metaData, utilities } from '@cornerstonejs/core';
import { wadors } from '@cornerstonejs/dicom-image-loader';
import { utilities as metadataUtilities } from '@cornerstonejs/metadata';
import { faultOfStatus, FilmError } from './film-errors.ts';

type DicomJson = Record<string, { vr: string; Value?: unknown[] }>;

const PHOTOMETRIC_INTERPRETATION = '00280004';
const PATIENT_ORIENTATION = '00200020';

export interface FilmMetadata {
  whiteIsZero: boolean;
  /** Where the rows run to: the first value of Patient Orientation, empty when the film does not say. */
  rowDirection: string;
}

export async function loadFilmMetadata(imageId: string, instanceUrl: string): Promise<FilmMetadata> {
  const json = await fetchMetadata(`${instanceUrl}/metadata`);
  wadors.metaDataManager.add(imageId, json as never);
  await metadataUtilities.addDicomWebInstance(imageId, json);
  addCalibration(imageId);
  return {
    whiteIsZero: json[PHOTOMETRIC_INTERPRETATION]?.Value?.[0] === 'MONOCHROME1',
    rowDirection: String(json[PATIENT_ORIENTATION]?.Value?.[0] ?? ''),
  };
}

async function fetchMetadata(url: string): Promise<DicomJson> {
  const response = await fetch(url, { headers: { Accept: 'application/dicom+json' }, credentials: 'same-origin' }).catch((cause: unknown) => {
    throw new FilmError('offline', `No answer from ${url}.`, cause);
  });
  if (!response.ok) throw new FilmError(faultOfStatus(response.status), `${url} was answered with status ${response.status}.`);
  const instances = (await response.json().catch(() => null)) as DicomJson[] | null;
  const first = Array.isArray(instances) ? instances[0] : undefined;
  if (!first) throw new FilmError('metadata', `${url} did not hold the DICOM JSON of one instance.`);
  return first;
}

/** Over WADO-RS Cornerstone 5.14 finds no calibration of a projection film by itself and would write "px" behind millimeters. */
function addCalibration(imageId: string): void {
  const instance = metaData.get('naturalized', imageId);
  if (!instance) return;
  const spacing = utilities.getPixelSpacingInformation(instance);
  const [rowPixelSpacing, columnPixelSpacing] = spacing?.PixelSpacing ?? [];
  if (!rowPixelSpacing || !columnPixelSpacing) return;
  utilities.calibratedPixelSpacingMetadataProvider.add(imageId, { rowPixelSpacing, columnPixelSpacing, type: spacing.type } as never);
}
