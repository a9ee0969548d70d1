/** Says why there is nothing to change on a settings page. */
export function ReadOnlyNote() {
  return <p className="text-muted">You can look at the settings. An admin changes them.</p>;
}
