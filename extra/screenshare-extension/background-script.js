// A page asks with {getStream: true}; the person chooses; the page gets {streamId}, empty when nothing was chosen.
chrome.runtime.onMessageExternal.addListener((message, sender, answer) => {
  if (!message || message.getStream !== true || !sender.tab) {
    answer({ streamId: '' });
    return false;
  }
  chrome.desktopCapture.chooseDesktopMedia(['screen', 'window', 'tab'], sender.tab, (streamId) => answer({ streamId }));
  // The answer comes later.
  return true;
});
