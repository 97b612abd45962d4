// Light, dark, or what the system prefers (the default). public/theme.js sets it before the first paint.
export type Theme = 'system' | 'light' | 'dark';

function stored(): Theme {
  const chosen = document.documentElement.dataset['theme'];
  return chosen === 'light' || chosen === 'dark' ? chosen : 'system';
}

const ORDER: Theme[] = ['system', 'light', 'dark'];

class Look {
  theme = $state<Theme>(stored());

  next(): void {
    this.choose(ORDER[(ORDER.indexOf(this.theme) + 1) % ORDER.length]!);
  }

  choose(theme: Theme): void {
    this.theme = theme;
    if (theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
    try {
      if (theme === 'system') localStorage.removeItem('hejnal.theme');
      else localStorage.setItem('hejnal.theme', theme);
    } catch {
      // no storage: until the page is loaded again
    }
  }
}

export const look = new Look();
