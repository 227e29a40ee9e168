// Sends files one by one and writes each one's fate into the table.
// <section data-upload data-uploads-url="…"> with [data-center], [data-files], [data-dropzone], [data-rows] inside.

import { filesOf } from "./files.ts";

interface Item { name: string; state: string; reason: string; detail: string }

export class UploadController {
  private readonly root: HTMLElement;
  private done = 0;
  private total = 0;
  private readonly counts: Record<string, number> = {};

  constructor(root: HTMLElement) {
    this.root = root;
    for (const input of root.querySelectorAll<HTMLInputElement>("[data-files]")) {
      input.addEventListener("change", () => void this.send([...(input.files ?? [])]));
    }
    const zone = this.part("[data-dropzone]");
    zone.addEventListener("dragover", (event) => event.preventDefault());
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      if (event.dataTransfer) void filesOf(event.dataTransfer).then((files) => this.send(files));
    });
  }

  private part<T extends HTMLElement>(selector: string): T {
    const found = this.root.querySelector<T>(selector);
    if (!found) throw new Error(`upload: ${selector} is missing in the page`);
    return found;
  }

  private async send(files: File[]): Promise<void> {
    if (files.length === 0) return;
    const url = this.root.dataset.uploadsUrl ?? "";
    const center = this.part<HTMLSelectElement>("[data-center]").value;
    const opened = await this.post(url, JSON.stringify({ center }), "application/json");
    if (!opened.ok) return this.say(((await opened.json()) as { detail: string }).detail);
    const { id } = (await opened.json()) as { id: number };
    this.total += files.length;
    this.part("[data-meter]").hidden = false;
    this.part("[data-results]").hidden = false;
    for (const file of files) await this.sendOne(`${url}${id}/files/`, file);
    await this.post(`${url}${id}/`, null);
    this.root.dataset.finished = String(id);
  }

  private async sendOne(url: string, file: File): Promise<void> {
    const body = new FormData();
    body.append("file", file);
    try {
      const answer = await this.post(url, body);
      const text = (await answer.json()) as { items?: Item[]; detail?: string };
      for (const item of text.items ?? []) this.row(file.name, item.state, item.detail);
      if (!text.items) this.row(file.name, "failed", text.detail ?? String(answer.status));
    } catch (error) {
      this.row(file.name, "failed", String(error));
    }
    this.done += 1;
    this.progress();
  }

  private post(url: string, body: BodyInit | null, type?: string): Promise<Response> {
    const token = document.querySelector<HTMLMetaElement>("meta[name=csrf-token]")?.content ?? "";
    const headers: Record<string, string> = { "X-CSRFToken": token };
    if (type) headers["Content-Type"] = type;
    return fetch(url, { method: "POST", body, headers, credentials: "same-origin" });
  }

  private row(name: string, state: string, detail: string): void {
    this.counts[state] = (this.counts[state] ?? 0) + 1;
    const row = this.part<HTMLTableSectionElement>("[data-rows]").insertRow();
    row.insertCell().textContent = name;
    const badge = document.createElement("span");
    badge.className = `badge badge--${{ accepted: "ok", duplicate: "info", quarantined: "warn" }[state] ?? "danger"}`;
    badge.textContent = this.root.dataset[state] ?? state;
    row.insertCell().append(badge);
    row.insertCell().textContent = detail;
  }

  private progress(): void {
    const bar = this.part<HTMLProgressElement>("[data-progress]");
    bar.max = this.total;
    bar.value = this.done;
    this.part("[data-count]").textContent = `${this.done} / ${this.total}`;
    this.say(Object.entries(this.counts).map(([state, count]) => `${this.root.dataset[state] ?? state}: ${count}`).join(" · "));
  }

  private say(text: string): void {
    this.part("[data-summary]").textContent = text;
  }
}
