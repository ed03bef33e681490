// Messages that interrupt the user, as far as the user wants any.

import * as vscode from 'vscode';
import { MessageType } from 'vscode-languageclient/node';
import type { Notifications } from './settings';

const MOST_SHOWN: Record<Notifications, number> = {
  off: 0,
  onError: MessageType.Error,
  onWarning: MessageType.Warning,
  always: MessageType.Debug,
};

const SETTINGS = 'Open Settings';
const LOGS = 'Show Logs';

/** Shows a message, and does not wait for the user's answer. */
export function notify(type: MessageType, message: string, wanted: Notifications): void {
  if (type > MOST_SHOWN[wanted]) {
    return;
  }
  void show(type, message).then((answer) => {
    if (answer === SETTINGS) {
      return vscode.commands.executeCommand('workbench.action.openSettings', 'hypershape');
    }
    return answer === LOGS ? vscode.commands.executeCommand('hypershape.showLogs') : undefined;
  });
}

function show(type: MessageType, message: string): Thenable<string | undefined> {
  switch (type) {
    case MessageType.Error:
      return vscode.window.showErrorMessage(message, SETTINGS, LOGS);
    case MessageType.Warning:
      return vscode.window.showWarningMessage(message, LOGS);
    default:
      return vscode.window.showInformationMessage(message);
  }
}
