// The secret of a one-time link, from what stands behind the # in the address. People paste whole links, with spaces and line
// ends that a messenger has put in.
export function secretOf(hash: string): string {
  const text = hash.slice(hash.lastIndexOf('#') + 1);
  try {
    return decodeURIComponent(text).replace(/\s/g, '');
  } catch {
    return '';
  }
}
