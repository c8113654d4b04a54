// A plain web client of one session: signs in, joins with one tap, and fills the window with the customer's video.
// With `peer.places` set every video gets a place of its own, as [left, top, width, height]: a shared screen the first.
"use strict";

const peer = { access: null, session: null, room: null, error: null, origin: null, places: null, small: 0 };

async function post(path, body) {
  const headers = { "content-type": "application/json" };
  if (peer.access) headers.authorization = `Bearer ${peer.access}`;
  const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
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
  peer.room = new LivekitClient.Room();
  peer.room.on(LivekitClient.RoomEvent.TrackSubscribed, (track, publication) => {
    if (track.kind === LivekitClient.Track.Kind.Video) show(track, publication);
  });
  await peer.room.connect(grant.serverUrl, grant.token);
}

document.getElementById("join").addEventListener("click", () => {
  join().catch((error) => { peer.error = String(error); });
});

document.addEventListener("pointermove", (event) => {
  peer.origin = [event.screenX - event.clientX, event.screenY - event.clientY];
});
