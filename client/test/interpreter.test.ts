import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseInterpreter, type SelectedEnvironment } from '../src/interpreter';

const selecting = (path: string | undefined): SelectedEnvironment => ({ interpreter: () => Promise.resolve(path) });

test('the setting wins over the environment selected in the Python extension', async () => {
  const command = await chooseInterpreter(['ssh', 'box', 'python3'], selecting('/envs/ml/bin/python'), true);
  assert.deepEqual(command, ['ssh', 'box', 'python3']);
});

test('without a setting the environment selected in the Python extension is used', async () => {
  assert.deepEqual(await chooseInterpreter([], selecting('/envs/ml/bin/python'), true), ['/envs/ml/bin/python']);
});

test('without setting and Python extension the server chooses', async () => {
  assert.equal(await chooseInterpreter([], selecting(undefined), true), undefined);
});

test('an untrusted workspace cannot have its own environment started', async () => {
  assert.equal(await chooseInterpreter([], selecting('/workspace/.venv/bin/python'), false), undefined);
});

test('the user’s own setting holds in an untrusted workspace', async () => {
  assert.deepEqual(await chooseInterpreter(['/usr/bin/python3'], selecting(undefined), false), ['/usr/bin/python3']);
});
