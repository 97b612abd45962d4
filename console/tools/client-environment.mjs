// Where unit tests run: Node, with modules as a browser gets them. What a server would get has no effects.
export default {
  name: 'client',
  viteEnvironment: 'client',
  setup: () => ({ teardown() {} }),
};
