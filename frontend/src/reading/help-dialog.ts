/** The key help, with the switch for single keys. */
import { dialog } from './dialogs.ts';
import { setSingleKeys, singleKeysOn } from './keyboard.ts';

export function openHelp(): void {
  const help = dialog('help-dialog');
  const box = help.querySelector<HTMLInputElement>('[data-single-keys]');
  if (box) {
    box.checked = singleKeysOn();
    box.onchange = () => setSingleKeys(box.checked);
  }
  help.showModal();
}
