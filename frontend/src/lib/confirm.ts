/**
 * Asks before a form with far-reaching effect is sent.
 *
 *     <form method="post" data-confirm="Delete this invitation?">…</form>
 */
export function confirmDestructiveForms(scope: Document | HTMLElement): void {
  scope.addEventListener('submit', (event) => {
    const question = (event.target as HTMLElement).dataset.confirm;
    if (question && !window.confirm(question)) event.preventDefault();
  });
}
