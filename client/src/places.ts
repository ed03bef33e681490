// Links to places in files, as commands that a panel of VS Code may run.

export const OPEN_PLACE = 'hypershape.openPlace';

/** The page with its links to places as commands: the editor itself opens them, also on a remote machine. */
export function linked(page: string): string {
  return page.replaceAll(/href="vscode:\/\/file([^"]*?):(\d+):(\d+)"/g, (_, path: string, line: string, column: string) => {
    const place = JSON.stringify([decodeURIComponent(path), Number(line), Number(column)]);
    return `href="command:${OPEN_PLACE}?${encodeURIComponent(place)}"`;
  });
}
