package org.chainrule.kernels;

import org.chainrule.ChainruleException;
import org.chainrule.DeviceLostException;
import org.chainrule.KernelCompilationException;
import org.chainrule.OutOfDeviceMemoryException;

/** What a driver's error means to a user. */
public enum DriverFailure {
    /** There was no room, for what a smaller request might find room. */
    OUT_OF_MEMORY,
    /** A kernel needs more of a group's resources than the device has. */
    TOO_LARGE_GROUP,
    /** Nothing more is to be had of the device. */
    LOST;

    /** The exception that says so; {@code what} names the device, what was being done and the driver's code. */
    public ChainruleException exception(String what) {
        return switch (this) {
            case OUT_OF_MEMORY -> new OutOfDeviceMemoryException(what + ". Use a smaller model or smaller batches");
            case TOO_LARGE_GROUP -> new KernelCompilationException(
                    what + ". The device has too few registers for groups of that size: use another device");
            case LOST -> new DeviceLostException(what
                    + ". The device or its driver stopped working: close the session, open another and resume from the last checkpoint");
        };
    }
}
