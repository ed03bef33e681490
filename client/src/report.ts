// The report of a file's search spaces, in a panel beside it.

import * as vscode from 'vscode';
import type { Server } from './configurations';
import { OPEN_PLACE, linked } from './places';

export const REPORT = 'hypershape.report';

export class ReportPanel implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;

  /** Shows the page of a document, in the panel that is open already where there is one. */
  async show(server: Server, uri: string): Promise<void> {
    const page = await server.execute<string>(REPORT, uri, true);
    this.panel ??= this.made();
    this.panel.webview.html = linked(page);
    this.panel.reveal(undefined, true);
  }

  dispose(): void {
    this.panel?.dispose();
  }

  private made(): vscode.WebviewPanel {
    const panel = vscode.window.createWebviewPanel(
      'hypershape.report',
      'Hypershape Report',
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
      { enableCommandUris: [OPEN_PLACE], enableFindWidget: true },
    );
    panel.onDidDispose(() => {
      this.panel = undefined;
    });
    return panel;
  }
}

/** Opens a place in the column of the file's own editor, or in the first one. */
export async function openPlace(path: string, line: number, column: number): Promise<void> {
  const uri = vscode.Uri.file(path);
  const shown = vscode.window.visibleTextEditors.find((each) => each.document.uri.fsPath === uri.fsPath);
  const place = new vscode.Position(line - 1, column - 1);
  await vscode.window.showTextDocument(uri, {
    viewColumn: shown?.viewColumn ?? vscode.ViewColumn.One,
    selection: new vscode.Range(place, place),
  });
}
