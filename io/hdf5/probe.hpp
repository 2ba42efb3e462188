// SPDX-License-Identifier: BSD-3-Clause
// Damaged files can make the HDF5 library crash or loop for ever (1.10 does so in damaged heaps of texts),
// and a rank that hangs hangs all. So before a process first opens a file that somebody else wrote, a child
// walks through what the library parses: groups, attributes, indices of chunks, texts. The child has little
// time and memory; when it does not come back, the file is damaged. Who is asked are children of one kind,
// `striate check
// --probe -`: one for all files of a run, which leaves when nothing is asked of it.
//
// Files that were walked through before are remembered below $XDG_CACHE_HOME/striate, see probed_files.hpp.
#pragma once

#include <filesystem>
#include <functional>
#include <span>

#include "core/ranks/comm.hpp"

namespace striate::io::h5 {

/// From now on, what File::open() opens is walked through by a child of this program first, unless
/// `is_trusted` says that it need not be. Until this is called nothing is (tests of the library, programs
/// without children).
void probe_in_children(std::function<bool(const std::filesystem::path&)> is_trusted);

/// For a process that may die of a file: it walks through each file itself, and ends by SIGXCPU when that or
/// the reading takes for ever. Each file's name is left in `place` (shared with who waits for this process)
/// before it is touched.
void probe_here(std::span<char> place);

/// What File::open() calls. Collective over `comm`: the root rank asks for all. Throws FormatError for files
/// that the library cannot be trusted with.
void require_probed(const std::filesystem::path& file, const core::Comm& comm);

/// All ranks know what the root has had walked through, and need not ask themselves. Collective.
void share_probed(const core::Comm& comm);

/// Walks through files whose names come from `descriptor`, each ended by a zero byte, and answers each there.
/// Returns when nothing comes any more.
void answer_probes(int descriptor);

/// Walks through one file in this process, which has the limits of a child from then on. Problems that the
/// library finds itself are left to whoever reads.
void probe_file(const std::filesystem::path& file);

}  // namespace striate::io::h5
