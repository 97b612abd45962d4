// What the tab of the browser is called, where a page shows one thing of many: three open cases can then be told apart.
import { plain } from './plain';

class Title {
  of = $state(''); // empty: the page's own title

  // For an $effect: as long as the page shows it.
  is(text: string): () => void {
    const shown = plain(text);
    this.of = shown;
    return () => {
      if (this.of === shown) this.of = '';
    };
  }
}

export const title = new Title();
