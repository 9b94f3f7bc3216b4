// Goes on once every application was told through its frame: all frames loaded, or three seconds.
const go = () => document.getElementById("onwards").click();
addEventListener("load", go);
setTimeout(go, 3000);
