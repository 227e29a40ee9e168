/** The door to the scheme engine for the reading room. */

export * from "./consensus.ts";
export { missingItems, normalFilm, prune, resolveSettings, STRUCTURE, UnknownSettingError, validate, visiblePaths } from "./engine.ts";
export { blankReading, complete, MisshapenReadingError, put } from "./structure.ts";
export type { Draft } from "./structure.ts";
export { codesOf, fieldsOf } from "./types.ts";
export type {
  Answer, Code, Condition, Field, Finding, Language, MissingItem, Option, Outcome, Reading, Rule, Scheme, Section, Settings, Words,
} from "./types.ts";
