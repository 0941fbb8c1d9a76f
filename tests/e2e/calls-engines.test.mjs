// Browsers of different makers call each other, both ways: one of the engine under test, and Chromium.
import { callers, connect, setUpCalls } from './support/calls.mjs';
import { launchChromium } from './support/browser/engines.mjs';
import { fakeDevices } from './support/media.mjs';
import { staysTrue } from './support/wait.mjs';

const { scene } = setUpCalls('calls-engines', { launchSecond: () => launchChromium(fakeDevices('second')) });

scene('what this engine refuses is said, and the call goes on with the rest', async (stage) => {
  const [here, chromium] = await callers(stage, { first: { contextOptions: { permissions: ['microphone'] } } });
  await connect(here, chromium);
  await here.ui().locator('[data-testid="call-problem"][data-code="permission_refused"][data-want="camera"]').waitFor();
  await Promise.all([chromium.hears('first'), here.hears('second'), here.seesCard('second')]);
  await here.hangsUpByButton();
  await Promise.all([here, chromium].flatMap((user) => [user.notInCall(), user.leftNothing()]));
});

for (const caller of ['this engine', 'Chromium']) {
  scene(`${caller} calls the other: pictures and tones both ways, nothing looks broken, and it ends clean`, async (stage) => {
    const [here, chromium] = await callers(stage);
    const pair = caller === 'Chromium' ? [chromium, here] : [here, chromium];
    await connect(...pair);
    await Promise.all([here.seesCard('second'), chromium.seesCard('first'), here.hears('second'), chromium.hears('first')]);
    // Longer than a watch needs to take a silence for a loss.
    await staysTrue(async () => (await Promise.all(pair.map((user) => user.get('call-reconnecting').count()))).every((count) => count === 0), 8000, 'a call that flows says that it reconnects');
    await Promise.all(pair.map((user) => user.flows(1)));
    await pair[1].hangsUpByButton();
    await Promise.all(pair.flatMap((user) => [user.notInCall(), user.leftNothing()]));
  });

  scene(`${caller} calls the other, who shares a screen and switches the camera`, async (stage) => {
    const [here, chromium] = await callers(stage);
    await connect(...(caller === 'Chromium' ? [chromium, here] : [here, chromium]));
    await chromium.seesCard('first');
    await here.get('call-screen').click();
    await here.get('call-screen-static').click();
    await chromium.seesCard('screen', 2);
    await here.get('call-screen').click();
    await here.get('call-camera').click();
    await chromium.ui().locator('[data-testid="call-main"][data-tile="peer"][data-moving="false"]').waitFor();
    await here.get('call-camera').click();
    await chromium.seesCard('first');
    await here.seesCard('second');
  });
}
