// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <sys/mount.h>

#include <cstdint>
#include <fstream>
#include <string>

#include "support/temporary_folder.hpp"

namespace striate::test {

/// A file system of 256 KiB of which `free` bytes are left; needs the right to mount.
class SmallDisk {
 public:
  explicit SmallDisk(std::uint64_t free) {
    mounted_ = ::mount("tmpfs", path().c_str(), "tmpfs", 0, "size=256k") == 0;
    if (mounted_) std::ofstream(path() / "ballast", std::ios::binary) << std::string((256 << 10) - free, 'x');
  }
  ~SmallDisk() {
    if (mounted_) ::umount2(path().c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool mounted() const { return mounted_; }
  const std::filesystem::path& path() const { return folder_.path(); }

 private:
  TemporaryFolder folder_;
  bool mounted_ = false;
};

}  // namespace striate::test
