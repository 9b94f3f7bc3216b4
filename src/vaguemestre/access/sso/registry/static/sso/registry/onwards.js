// The form of this page goes by itself.
document.getElementById("onwards").submit();
