mod consistency;
mod describe_image;
mod launch_permission;
mod life;
mod public;
mod snapshot;
mod tag;
mod usage;
