/** The reading page: film on the left, form on the right. */
import '../styles/reading.css';
import { requestJson } from '../lib/http.ts';
import { readConfig } from '../reading/config.ts';
import { wireCloseButtons } from '../reading/dialogs.ts';
import { openHelp } from '../reading/help-dialog.ts';
import { Keyboard } from '../reading/keyboard.ts';
import { FormView } from '../reading/form-view.ts';
import type { Command } from '../reading/keys.ts';
import { ReadingModel } from '../reading/model.ts';
import { ReadingRoom } from '../reading/reading-room.ts';
import type { Scheme } from '../scheme/index.ts';
import { FilmPanel, type FilmAction } from '../viewer/film-panel.ts';

const config = readConfig('reading-config');
const form = document.getElementById('reading-form') as HTMLFormElement;
const panel = new FilmPanel(document.querySelector<HTMLElement>('[data-film-panel]') as HTMLElement);

wireCloseButtons();
document.addEventListener('click', (event) => {
  if ((event.target as HTMLElement).closest('[data-command="reload"]')) location.reload();
});
void panel.load(config);
void startForm();

async function startForm(): Promise<void> {
  const scheme = (await requestJson<Scheme>(config.schemeUrl)).data;
  if (config.state === 'signed') showSigned(scheme);
  else openDraft(scheme);
  document.body.dataset.formReady = '';
}

function showSigned(scheme: Scheme): void {
  const view = new FormView(form, scheme, config.language);
  view.show(new ReadingModel({ scheme, settings: config.settings ?? {} }, config.data));
  view.freeze();
  const keyboard = new Keyboard({
    run: (command) => { if (command === 'help') openHelp(); },
    film: (action) => panel.run(action as FilmAction),
    activeField: () => null,
    answerOf: () => null,
    answer: () => undefined,
    typed: () => undefined,
  });
  keyboard.zone = 'film';
  document.body.dataset.zone = 'film';
  document.querySelector('[data-command="help"]')?.addEventListener('click', openHelp);
}

function openDraft(scheme: Scheme): void {
  const room = new ReadingRoom(config, scheme, form, (action) => panel.run(action as FilmAction));
  document.addEventListener('click', (event) => {
    const target = event.target as HTMLElement;
    const rest = target.closest<HTMLElement>('[data-rest]')?.dataset.rest;
    if (rest) room.restNone(`${rest}.`);
    const command = target.closest<HTMLElement>('[data-command]:not([data-command="reload"])')?.dataset.command;
    if (command) room.run(command as Command);
  });
  room.start();
}
