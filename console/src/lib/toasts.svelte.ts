// Short words about what was done, at the edge of the page; with an action where it can be undone.
export interface Toast {
  id: number;
  text: string;
  kind: 'good' | 'bad' | 'plain';
  action?: { label: string; run: () => void };
  until?: number; // by this machine's clock; shown as a countdown
}

class Toasts {
  items = $state<Toast[]>([]);
  #id = 0;

  show(toast: Omit<Toast, 'id'>, ms = toast.kind === 'bad' ? 10_000 : 4500): number {
    const id = ++this.#id;
    this.items = [...this.items.slice(-3), { ...toast, id }];
    if (ms > 0) setTimeout(() => this.drop(id), ms);
    return id;
  }
  drop(id: number): void {
    this.items = this.items.filter((one) => one.id !== id);
  }
}

export const toasts = new Toasts();
