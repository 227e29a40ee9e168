// One figure: rows as the server wrote them, drawn as bars or as points with intervals.
// <div data-chart="ID"> beside <script type="application/json" id="ID">

import { BarChart, CustomChart, ScatterChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

echarts.use([BarChart, CustomChart, ScatterChart, AriaComponent, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

type Row = Record<string, string | number | null>;
interface Spec { kind: "bar" | "interval"; rows: Row[]; x: string; y: string; group: string; title: string }

const COLORS = ["#5cc8c2", "#e0a458", "#9db7ff", "#d98bb4", "#a7c957"];
const INK = "#aeb8c4";

export function draw(element: HTMLElement): void {
  const source = document.getElementById(element.dataset.chart ?? "");
  if (!source) return;
  const spec = JSON.parse(source.textContent ?? "{}") as Spec;
  const chart = echarts.init(element, undefined, { renderer: "svg" });
  chart.setOption(option(spec));
  new ResizeObserver(() => chart.resize()).observe(element);
}

function option(spec: Spec): Record<string, unknown> {
  const places = [...new Set(spec.rows.map((row) => String(row[spec.x])))];
  const groups = [...new Set(spec.rows.map((row) => (spec.group ? String(row[spec.group]) : spec.title)))];
  const axis = { axisLabel: { color: INK }, axisLine: { lineStyle: { color: "#3a4450" } } };
  return {
    aria: { enabled: true, decal: { show: true } },
    animation: false,
    color: COLORS,
    textStyle: { color: INK, fontFamily: "inherit" },
    legend: { show: groups.length > 1, top: 0, itemGap: 28, textStyle: { color: INK, fontFamily: "sans-serif" } },
    tooltip: { trigger: "item" },
    grid: { left: 48, right: 16, top: 40, bottom: 40 },
    xAxis: { type: "category", data: places, ...axis },
    yAxis: { type: "value", splitLine: { lineStyle: { color: "#232a33" } }, ...axis, ...(spec.kind === "interval" ? { min: lowest(spec.rows), max: 1 } : {}) },
    series: groups.flatMap((group, index) => series(spec, group, places, index, groups.length)),
  };
}

/** Zero, or below it where a kappa's interval reaches there. */
function lowest(rows: Row[]): number {
  return Math.min(0, ...rows.map((row) => Math.floor(Number(row.low ?? 0) * 5) / 5));
}

function series(spec: Spec, group: string, places: string[], index: number, count: number): Record<string, unknown>[] {
  const rows = spec.rows.filter((row) => (spec.group ? String(row[spec.group]) : spec.title) === group);
  if (spec.kind === "bar") {
    const values = places.map((place) => rows.find((row) => String(row[spec.x]) === place)?.[spec.y] ?? 0);
    return [{ type: "bar", name: group, data: values, stack: spec.group || undefined }];
  }
  const shift = (index - (count - 1) / 2) * 14;
  const points = rows.filter((row) => row.value !== null).map((row) => [String(row[spec.x]), row.value, row.low, row.high]);
  const color = COLORS[index % COLORS.length] ?? INK;
  return [
    { type: "scatter", name: group, data: points, symbolOffset: [shift, 0], symbolSize: 9, symbol: ["circle", "rect", "triangle", "diamond"][index % 4] },
    { type: "custom", name: group, data: points, silent: true, renderItem: whisker(shift, color) },
  ];
}

interface Api { value(dimension: number): number; coord(point: [number, number]): [number, number] }

function whisker(shift: number, color: string) {
  return (_: unknown, api: Api) => {
    const [x, low] = api.coord([api.value(0), api.value(2)]);
    const [, high] = api.coord([api.value(0), api.value(3)]);
    return { type: "line", shape: { x1: x + shift, y1: low, x2: x + shift, y2: high }, style: { stroke: color, lineWidth: 2 } };
  };
}
