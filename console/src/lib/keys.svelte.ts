// The keyboard: each page and part says which keys it takes while it is shown, and `?` shows them all. A key does nothing
// while somebody types, except those that say so.
import type { Key } from './i18n/index.svelte';

export interface Binding {
  keys: string; // as shown: "j", "g n" (one after the other), "Ctrl+Enter"
  does: Key;
  run: (event: KeyboardEvent) => void;
  typing?: boolean; // also while typing
  group?: Key;
}

// How a key press is written in a binding. Letters by what they write, so that other layouts have them where they are.
// Caps Lock changes nothing.
export function written(
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'> & { shiftKey?: boolean },
): string {
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push('Ctrl');
  if (event.altKey) parts.push('Alt');
  const key = event.key.length === 1 && !event.shiftKey ? event.key.toLowerCase() : event.key;
  return [...parts, key].join('+');
}

export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true;
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button'].includes(target.type);
}

class Keys {
  shown = $state(false);
  // No state itself: what an effect leaves behind sees every state as it was before the change that ends it, and whoever had
  // come since would go with it.
  #layers: readonly Binding[][] = [];
  #shownLayers = $state.raw(this.#layers);
  #first = '';
  #timer: ReturnType<typeof setTimeout> | undefined;

  get bindings(): Binding[] {
    return this.#shownLayers.flat();
  }

  // To be called in an effect: what it returns takes the bindings away again. The last layer goes first.
  use(bindings: Binding[]): () => void {
    this.#have([...this.#layers, bindings]);
    return () => this.#have(this.#layers.filter((layer) => layer !== bindings));
  }

  #have(layers: readonly Binding[][]): void {
    this.#layers = layers;
    this.#shownLayers = layers;
  }

  start(): void {
    document.addEventListener('keydown', (event) => this.#press(event));
  }

  #press(event: KeyboardEvent): void {
    if (event.defaultPrevented || ['Shift', 'Control', 'Alt', 'Meta'].includes(event.key)) return;
    const typing = isTyping(event.target);
    // A dialog has its own keys; those below it are out of reach.
    if (document.querySelector('dialog[open]')) return;
    const pressed = written(event);
    const sequence = this.#first ? `${this.#first} ${pressed}` : pressed;
    this.#first = '';
    clearTimeout(this.#timer);
    // A button or link in focus takes Enter and the space bar itself.
    const control =
      event.target instanceof HTMLElement && event.target.closest('a, button, summary, [role="menuitem"]');
    if (control && (event.key === 'Enter' || event.key === ' ')) return;
    for (const layer of [...this.#layers].reverse()) {
      for (const one of layer) {
        if (typing && !one.typing) continue;
        if (one.keys === sequence || (one.keys === pressed && !sequence.includes(' '))) {
          event.preventDefault();
          one.run(event);
          return;
        }
        if (one.keys.startsWith(`${pressed} `) && !typing) {
          this.#first = pressed;
          this.#timer = setTimeout(() => (this.#first = ''), 1200);
          event.preventDefault();
          return;
        }
      }
    }
  }
}

export const keys = new Keys();
