/** Stands in for xmlbuilder2, which vtk.js imports for XML files that are never read here. */
export function create(): never {
  throw new Error('XML files are not read in the browser; convert the image to DICOM first.');
}
