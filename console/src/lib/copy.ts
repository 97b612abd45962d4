// Into the clipboard, also where the browser gives a page none of its own (plain http). False: nothing was copied, and the
// page has to say so.
export async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // not there, or not allowed
  }
  const before = document.activeElement;
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'hidden';
  // What is outside an open dialog cannot be chosen.
  (document.querySelector('dialog[open]') ?? document.body).append(field);
  field.select();
  let done = false;
  try {
    done = document.execCommand('copy');
  } catch {
    // then not
  }
  field.remove();
  if (before instanceof HTMLElement) before.focus();
  return done;
}
