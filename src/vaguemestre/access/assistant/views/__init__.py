"""The assistant's pages: finding and activating one's account, recovering it."""
