// The QR code as the server draws it, taken apart: the page's policy takes no markup from a text (Trusted Types) and no picture
// from a data: address, so the page draws it again. Anything that is not such a drawing is none.
export interface Qr {
  side: number;
  path: string;
}

export function readQr(svg: string): Qr | null {
  const side = /^<svg [^>]*viewBox="0 0 (\d{2,3}) \1"/.exec(svg)?.[1];
  const path = /<path d="([Mhvz\d -]+)" fill="#000"\/><\/svg>$/.exec(svg)?.[1];
  return side && path ? { side: Number(side), path } : null;
}

// A secret as people type it: in fours.
export function inFours(secret: string): string {
  return secret.replace(/(.{4})(?=.)/g, '$1 ');
}
