// Inlay hints of the line with the cursor alone, which only the editor knows.

import * as vscode from 'vscode';
import { read } from './settings';

export class CurrentLine implements vscode.Disposable {
  private readonly moved: vscode.Disposable;
  private last = '';

  /** @param changed called when the cursor has come to another line and hints follow it */
  constructor(changed: (document: vscode.TextDocument) => void) {
    this.moved = vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
      const { document, selection } = textEditor;
      const place = `${document.uri.toString()}#${selection.active.line}`;
      if (place !== this.last && follows(document.uri)) {
        this.last = place;
        changed(document);
      }
    });
  }

  /** The hints that are to be shown. */
  of(document: vscode.TextDocument, hints: vscode.InlayHint[] | null | undefined): vscode.InlayHint[] | null | undefined {
    if (!follows(document.uri)) {
      return hints;
    }
    const editor = vscode.window.visibleTextEditors.find((each) => each.document === document);
    return hints?.filter(({ position }) => position.line === editor?.selection.active.line);
  }

  dispose(): void {
    this.moved.dispose();
  }
}

function follows(uri: vscode.Uri): boolean {
  return read(uri).inlayHints.enabled === 'currentLine';
}
