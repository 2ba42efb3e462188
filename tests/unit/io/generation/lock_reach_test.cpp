// SPDX-License-Identifier: BSD-3-Clause
#include "io/generation/lock_reach.hpp"

#include <catch2/catch.hpp>

using namespace striate;
using io::LockReach;

namespace {

constexpr const char* mounts =
    "/dev/sda1 / ext4 rw,relatime 0 0\n"
    "server:/home /home nfs4 rw,hard,local_lock=none 0 0\n"
    "server:/old /old nfs rw,nolock,addr=10.0.0.1 0 0\n"
    "server:/half /half nfs rw,local_lock=flock 0 0\n"
    "oss:/lustre /lustre lustre rw,flock 0 0\n"
    "oss:/scratch /scratch lustre rw,localflock 0 0\n"
    "beegfs_nodev /bee beegfs rw 0 0\n"
    "gpfs /gpfs gpfs rw 0 0\n"
    "me@there:/ /home/me/my\\040disk fuse.sshfs rw 0 0\n"
    "tmpfs /home/me/fast tmpfs rw 0 0\n"
    "short line\n";

}  // namespace

TEST_CASE("locks reach all writers on disks of this machine, and on shared ones as mounted") {
  const auto all = LockReach::all_writers, own = LockReach::this_host;
  CHECK(io::lock_reach(mounts, "/tmp/x") == all);
  CHECK(io::lock_reach(mounts, "/home/me/net") == all);
  CHECK(io::lock_reach(mounts, "/old/net") == own);
  CHECK(io::lock_reach(mounts, "/half/net") == own);
  CHECK(io::lock_reach(mounts, "/lustre/net") == all);
  CHECK(io::lock_reach(mounts, "/scratch") == own);
  CHECK(io::lock_reach(mounts, "/scratchy/net") == all);
  CHECK(io::lock_reach(mounts, "/bee/net") == own);
  CHECK(io::lock_reach(mounts, "/gpfs/net") == all);
  CHECK(io::lock_reach(mounts, "/home/me/my disk/net") == own);
  CHECK(io::lock_reach(mounts, "/home/me/fast/net") == all);
  CHECK(io::lock_reach("", "/tmp") == all);
}

TEST_CASE("of two mounts at one place the last one counts") {
  const std::string twice = std::string(mounts) + "server:/x /home/me/fast nfs nolock 0 0\n";
  CHECK(io::lock_reach(twice, "/home/me/fast/net") == LockReach::this_host);
}
