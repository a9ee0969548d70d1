/**
 * Takes the focus to the first control of `form` that is marked invalid, once React has marked it, so that
 * a screen reader reads its error and a keyboard is where it is needed.
 */
export function focusFirstInvalid(form: HTMLFormElement): void {
  requestAnimationFrame(() => {
    form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  });
}
