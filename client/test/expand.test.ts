import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expanded } from '../src/expand';

const places = { folder: '/work', home: '/home/me', environment: { VENV: '/envs/ml' } };

test('variables in settings stand for the folder, the home and the environment', () => {
  assert.equal(expanded('${workspaceFolder}/.venv/bin/python', places), '/work/.venv/bin/python');
  assert.equal(expanded('${env:VENV}/bin/python', places), '/envs/ml/bin/python');
  assert.equal(expanded('${env:NOT_SET}/bin/python', places), '/bin/python');
  assert.equal(expanded('${userHome}/ml/bin/python', places), '/home/me/ml/bin/python');
});

test('a tilde is the home only where a shell would say so', () => {
  assert.equal(expanded('~/ml/bin/python', places), '/home/me/ml/bin/python');
  assert.equal(expanded('/srv/~/python', places), '/srv/~/python');
  assert.equal(expanded('~other/python', places), '~other/python');
});

test('a home with signs that mean something in replacements stays as it is', () => {
  assert.equal(expanded('~/python', { ...places, home: '/home/$&' }), '/home/$&/python');
});
