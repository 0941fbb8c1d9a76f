// The module of the desk: what two people do in a call beside talking. The widget imports it when it is first opened.

import init, { mount_desk as mount } from 'generated';

let started = null;

/**
 * @param {Element} element where it stands
 * @param {{send: (frame: string) => void, scene: string}} port the way to the server, and what the desk is told first
 */
export async function open(element, port) {
  started ??= init({ module_or_path: new URL('./bandyer_desk_bg.wasm', import.meta.url) });
  try {
    await started;
  } catch (error) {
    // It may come the next time.
    started = null;
    throw error;
  }
  return mount(element, port);
}
