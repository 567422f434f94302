/**
 * Between two pieces of work: lets the browser paint and answer before the next one, so that opening a
 * page is several short tasks, not one long one.
 */
export function breath(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
