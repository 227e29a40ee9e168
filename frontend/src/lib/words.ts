/**
 * Words of the page in the reader's language, written by the server.
 *
 *     <template data-word="saved">saved {time}</template>
 */
export function word(name: string, values: Readonly<Record<string, string>> = {}): string {
  const template = document.querySelector<HTMLTemplateElement>(`template[data-word="${name}"]`);
  if (!template) throw new Error(`The page has no <template data-word="${name}">.`);
  return (template.content.textContent ?? '').trim().replace(/\{(\w+)\}/g, (_, key: string) => values[key] ?? '');
}
