//! Positions in the log in few bytes: each as the difference to the one before, seven bits to a byte, the lowest first.

/// Appends positions, which are higher than all before them.
pub(super) fn append(packed: &mut Vec<u8>, positions: &[u64]) {
    let mut last = unpack(packed).last().copied().unwrap_or(0);
    for position in positions {
        let mut rest = position - last;
        last = *position;
        while rest >= 0x80 {
            packed.push((rest & 0x7f) as u8 | 0x80);
            rest >>= 7;
        }
        packed.push(rest as u8);
    }
}

/// Returns the positions, in their order.
pub(super) fn unpack(packed: &[u8]) -> Vec<u64> {
    let (mut positions, mut last, mut rest, mut shift) = (Vec::new(), 0, 0, 0);
    for byte in packed {
        rest |= u64::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            last += rest;
            positions.push(last);
            (rest, shift) = (0, 0);
        }
    }
    positions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_come_back_as_they_were_packed() {
        let mut packed = Vec::new();
        append(&mut packed, &[1, 2, 129, 130]);
        assert_eq!(packed.len(), 4, "a byte for each that is near");
        append(&mut packed, &[400, 1 << 40]);
        append(&mut packed, &[]);
        assert_eq!(unpack(&packed), [1, 2, 129, 130, 400, 1 << 40]);
        assert_eq!(unpack(&[]), [0; 0]);
    }
}
