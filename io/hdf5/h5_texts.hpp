// SPDX-License-Identifier: BSD-3-Clause
// Texts in HDF5 files beyond single attributes, and references to objects, as formats of tables (NWB) need
// them: variable length, UTF-8, in serial files only; and of one length, in parallel ones, too.
#pragma once

#include <span>
#include <string>

#include "io/hdf5/h5.hpp"

namespace striate::io::h5 {

/// A dataset of one dimension.
void write_texts(const File& file, const std::string& dataset, std::span<const std::string> texts);
/// The same with room for the longest in each row, as parallel files need it. All ranks pass the same.
/// Collective on parallel files.
void write_padded_texts(const File& file, const std::string& dataset, std::span<const std::string> texts);
/// A dataset without dimensions.
void write_text(const File& file, const std::string& dataset, const std::string& text);
/// An attribute that lists texts.
void write_text_list_attribute(const File& file, const std::string& object, const std::string& name,
                               std::span<const std::string> texts);
/// An attribute that points to another object of the file.
void write_reference_attribute(const File& file, const std::string& object, const std::string& name,
                               const std::string& target);
}  // namespace striate::io::h5
