// Pages: dashboard/*.html

import { draw } from "../dashboard/chart.ts";

for (const element of document.querySelectorAll<HTMLElement>("[data-chart]")) draw(element);
