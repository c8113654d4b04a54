// A plain web client of one session: signs in, joins with one tap, and fills the window with the customer's video.
// With `peer.places` set every video gets a place of its own, as [left, top, width, height]: a shared screen the first.
// A connection that livekit-client gives up is made again with a fresh token, as often as it takes.
"use strict";

const REQUEST_TIMEOUT_MS = 5000;
const NEXT_TRY_MS = 1000;
const peer = { access: null, session: null, room: null, error: null, origin: null, places: null, small: 0, joins: 0 };

async function post(path, body) {
  const headers = { "content-type": "application/json" };
  if (peer.access) headers.authorization = `Bearer ${peer.access}`;
  const signal = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
  const answer = await fetch(path, { method: "POST", headers, signal, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
  return answer.json();
}

async function signIn(email, password, session) {
  peer.access = (await post("/api/mechanic/login", { email, password })).access_token;
  peer.session = session;
}

function show(track, publication) {
  let video = document.getElementById("video");
  if (peer.places) {
    const isLarge = publication.source === LivekitClient.Track.Source.ScreenShare;
    if (!isLarge) video = document.body.appendChild(video.cloneNode());
    const [left, top, width, height] = peer.places[isLarge ? 0 : (peer.small += 1)];
    Object.assign(video.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
  }
  track.attach(video);
  document.getElementById("join")?.remove();
}

async function join() {
  const grant = await post(`/api/mechanic/sessions/${peer.session}/join`, {
    device_fingerprint: "browser-peer-1", view: "video",
  });
  const room = new LivekitClient.Room();
  room.on(LivekitClient.RoomEvent.TrackSubscribed, (track, publication) => {
    if (track.kind === LivekitClient.Track.Kind.Video) show(track, publication);
  });
  await room.connect(grant.serverUrl, grant.token);
  // Only now: a first connection that fails is told by `connect` itself.
  room.on(LivekitClient.RoomEvent.Disconnected, (reason) => {
    if (reason !== LivekitClient.DisconnectReason.CLIENT_INITIATED) joinAgain();
  });
  peer.room = room;
  peer.joins += 1;
}

async function joinAgain() {
  for (;;) {
    try {
      await join();
      return;
    } catch {
      await new Promise((resolve) => { setTimeout(resolve, NEXT_TRY_MS); });
    }
  }
}

async function setCamera(on) {
  const publication = await peer.room.localParticipant.setCameraEnabled(on);
  if (!on) return;
  let own = document.getElementById("own");
  if (!own) {
    own = document.body.appendChild(document.getElementById("video").cloneNode());
    own.id = "own";
  }
  publication.track.attach(own);
}

// Holding the key opens the microphone, which is published and muted before.
async function talkWith(key) {
  const me = peer.room.localParticipant;
  await me.setMicrophoneEnabled(true);
  await me.setMicrophoneEnabled(false);
  document.addEventListener("keydown", (event) => {
    if (event.key === key && !event.repeat) me.setMicrophoneEnabled(true);
  });
  document.addEventListener("keyup", (event) => {
    if (event.key === key) me.setMicrophoneEnabled(false);
  });
}

document.getElementById("join").addEventListener("click", () => {
  join().catch((error) => { peer.error = String(error); });
});

document.addEventListener("pointermove", (event) => {
  peer.origin = [event.screenX - event.clientX, event.screenY - event.clientY];
});
