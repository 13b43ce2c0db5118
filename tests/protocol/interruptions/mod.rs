//! What becomes of a run in which one request of any operation is lost, is the provider's last, or meets somebody
//! else's change: the next run converges or says what is left, and what is somebody else's is as it was.

mod matrix;
mod worlds;
