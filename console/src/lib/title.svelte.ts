// What the tab of the browser is called, where a page shows one thing of many: three open cases can then be told apart.
class Title {
  of = $state(''); // empty: the page's own title

  // For an $effect: as long as the page shows it.
  is(text: string): () => void {
    this.of = text;
    return () => {
      if (this.of === text) this.of = '';
    };
  }
}

export const title = new Title();
