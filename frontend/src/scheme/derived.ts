/** Derived values of an ILO reading; the twin of annotator/domain/derived.py. */

import { valueAt } from "./conditions.ts";
import { codesOf } from "./types.ts";
import type { Derived, Reading, Scheme } from "./types.ts";

const IMPUTED_PROFUSION = "0/0";
const FIRST_POSITIVE = "1/0";

/** The derived values of a complete reading; a value that does not follow from the answers is null. */
export function derive(scheme: Scheme, reading: Reading): Derived {
  return scheme.id === "ilo-2022-niosh-2.8" ? deriveIlo(scheme, reading) : {};
}

function deriveIlo(scheme: Scheme, reading: Reading): Derived {
  const scale = codesOf(scheme, "parenchymal.profusion");
  const unreadable = valueAt(reading, "image_quality.grade") === "UR";
  const any = unreadable ? null : valueAt(reading, "parenchymal.any");
  const answer = (name: string, negative: string): string | null =>
    any === false ? negative : any === true ? (valueAt(reading, `parenchymal.${name}`) as string | null) : null;
  const profusion = answer("profusion", IMPUTED_PROFUSION);
  const large = answer("large", "O");
  const index = profusion === null ? null : scale.indexOf(profusion);
  const complicated = large === null ? null : large !== "O";
  return {
    profusion_index: index,
    profusion_effective: profusion,
    profusion_imputed: any === false,
    major_category: index === null ? null : Math.floor(index / 3),
    positive_1_0: isPositive(index, complicated, scale.indexOf(FIRST_POSITIVE)),
    complicated,
    short_notation: shortNotation(reading, unreadable, profusion, large),
  };
}

function isPositive(index: number | null, complicated: boolean | null, first: number): boolean | null {
  if (complicated === true || (index !== null && index >= first)) return true;
  return index === null || complicated === null ? null : false;
}

function shortNotation(
  reading: Reading, unreadable: boolean, profusion: string | null, large: string | null,
): string | null {
  if (unreadable) return "UR";
  if (valueAt(reading, "parenchymal.any") === false) return "NO";
  if (profusion === null) return null;
  const primary = valueAt(reading, "parenchymal.primary");
  const secondary = valueAt(reading, "parenchymal.secondary");
  const small = primary !== null && secondary !== null ? `${profusion} ${primary}/${secondary}` : profusion;
  return large === null || large === "O" ? small : `${small}, ${large}`;
}
