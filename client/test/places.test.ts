import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OPEN_PLACE, linked } from '../src/places';

test('a place in the report is opened by the editor itself, whatever the path is called', () => {
  const page = linked('<a href="vscode://file/home/me/my%20models/a%22b.py:14:9">line 14</a>');
  const command = /href="command:([^?]+)\?([^"]+)"/.exec(page);
  assert.ok(command);
  assert.equal(command[1], OPEN_PLACE);
  assert.deepEqual(JSON.parse(decodeURIComponent(command[2] ?? '')), ['/home/me/my models/a"b.py', 14, 9]);
});

test('other links stay as they are', () => {
  const page = '<a href="https://keras.io">Keras</a>';
  assert.equal(linked(page), page);
});
