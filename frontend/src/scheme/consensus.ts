/** Consensus rules by name; the twin of annotator/domain/consensus/. Item-by-item consensus is the server's work. */

import { niosh42Cfr3753, RULE_ID as NIOSH } from "./niosh.ts";
import { panelMedian, RULE_ID as PANEL } from "./panel.ts";
import type { ConsensusOutcome, ReadingSummary } from "./summary.ts";

export { agree, niosh42Cfr3753 } from "./niosh.ts";
export { panelMedian } from "./panel.ts";
export { InvalidSummaryError, PROFUSION, parseShortNotation, summarize } from "./summary.ts";
export type { ConsensusOutcome, ReadingSummary, State } from "./summary.ts";

export const RULES: Readonly<Record<string, (readings: readonly ReadingSummary[]) => ConsensusOutcome>> = {
  [NIOSH]: niosh42Cfr3753,
  [PANEL]: (readings) => panelMedian(readings),
};
