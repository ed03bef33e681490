// What happens when the server ends by itself: it is started again, but not for ever.

import * as vscode from 'vscode';
import { CloseAction, ErrorAction, type CloseHandlerResult, type ErrorHandler, type ErrorHandlerResult } from 'vscode-languageclient/node';
import { tooMany } from './often';

const RESTART = 'Restart';
const LOG = 'Show Log';

export class Crashes implements ErrorHandler {
  private times: number[] = [];

  /** How often a server ended by itself. */
  count = 0;

  /** @param gaveUp called with a sentence when the server is not started again; says whether to show it */
  constructor(private readonly gaveUp: (message: string) => boolean) {}

  error(): ErrorHandlerResult {
    return { action: ErrorAction.Continue };
  }

  closed(): CloseHandlerResult {
    this.count += 1;
    this.times.push(Date.now());
    if (!tooMany(this.times)) {
      return { action: CloseAction.Restart, handled: true };
    }
    this.times = [];
    const message = 'The language server ended three times in three minutes and is not started again.';
    if (this.gaveUp(message)) {
      void vscode.window.showErrorMessage(`Hypershape: ${message}`, RESTART, LOG).then((answer) => {
        if (answer === RESTART) {
          return vscode.commands.executeCommand('hypershape.restartServer');
        }
        return answer === LOG ? vscode.commands.executeCommand('hypershape.showLogs') : undefined;
      });
    }
    return { action: CloseAction.DoNotRestart, handled: true };
  }
}
