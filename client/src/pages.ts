// The pages of the rules, which come with the server, shown as documents that nobody edits.

import * as vscode from 'vscode';

export const PAGES = 'hypershape-rule';

/**
 * Links the code of a finding to the page as a document of its own scheme: a file outside of a trusted workspace
 * would first ask whether it is to be trusted.
 */
export function linked(finding: vscode.Diagnostic): vscode.Diagnostic {
  const { code } = finding;
  if (typeof code === 'object' && code.target.scheme === 'file') {
    finding.code = { value: code.value, target: code.target.with({ scheme: PAGES }) };
  }
  return finding;
}

export const pages: vscode.TextDocumentContentProvider = {
  async provideTextDocumentContent(page) {
    return Buffer.from(await vscode.workspace.fs.readFile(page.with({ scheme: 'file' }))).toString('utf8');
  },
};
